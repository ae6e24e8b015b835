#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace qflow {

// Replaces secrets by *** in a stream of bytes, also where a secret comes in several reads. Only what could be the
// beginning of a secret is held back.
class SecretMask {
 public:
  static constexpr std::string_view kMask = "***";

  using Sink = std::function<void(std::string_view bytes)>;

  // Empty secrets are passed over; of two that begin alike the longer one counts.
  explicit SecretMask(std::vector<std::string> secrets = {});

  void feed(std::string_view bytes, const Sink& sink);
  // The end of the stream: what was held back is no secret.
  void finish(const Sink& sink);

  // The whole text at once, for messages.
  std::string masked(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;  // the longest first
  std::string held_;
};

}  // namespace qflow
