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
  enum class More { kMayCome, kNever };
  struct Match {
    std::size_t place = std::string::npos;
    std::size_t length = 0;  // 0: cut off by the end of the text
  };
  // The first secret at or after `from`; where more may come, one that the end cuts off counts too.
  Match find(std::string_view text, std::size_t from, More more) const;

  std::vector<std::string> secrets_;  // the longest first
  std::string held_;
};

}  // namespace qflow
