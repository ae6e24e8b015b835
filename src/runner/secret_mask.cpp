#include "runner/secret_mask.h"

#include <algorithm>
#include <utility>

namespace qflow {

SecretMask::SecretMask(std::vector<std::string> secrets) : secrets_(std::move(secrets)) {
  std::erase_if(secrets_, [](const std::string& secret) { return secret.empty(); });
  std::sort(secrets_.begin(), secrets_.end(),
            [](const std::string& a, const std::string& b) { return a.size() > b.size(); });
}

void SecretMask::feed(std::string_view bytes, const Sink& sink) {
  if (secrets_.empty()) {
    sink(bytes);
    return;
  }
  held_ += bytes;
  std::size_t done = 0;
  while (true) {
    const Match match = find(held_, done, More::kMayCome);
    const std::size_t end = std::min(match.place, held_.size());
    if (end > done) sink(std::string_view(held_).substr(done, end - done));
    done = end;
    if (match.length == 0) break;
    sink(kMask);
    done += match.length;
  }
  held_.erase(0, done);
}

void SecretMask::finish(const Sink& sink) {
  if (!held_.empty()) sink(masked(held_));
  held_.clear();
}

std::string SecretMask::masked(std::string_view text) const {
  std::string result;
  std::size_t done = 0;
  while (true) {
    const Match match = find(text, done, More::kNever);
    result += text.substr(done, std::min(match.place, text.size()) - done);
    if (match.length == 0) return result;
    result += kMask;
    done = match.place + match.length;
  }
}

// A longer secret that the end cuts off goes before a shorter one that is whole at the same place.
SecretMask::Match SecretMask::find(std::string_view text, std::size_t from, More more) const {
  Match best;
  for (const std::string& secret : secrets_) {
    Match match{text.find(secret, from), secret.size()};
    if (match.place == std::string::npos) match.length = 0;
    const std::size_t tail = text.size() >= secret.size() ? text.size() - secret.size() + 1 : 0;
    const std::size_t end = more == More::kMayCome ? std::min(match.place, text.size()) : 0;
    for (std::size_t i = std::max(from, tail); i < end; ++i) {
      if (text.substr(i) != std::string_view(secret).substr(0, text.size() - i)) continue;
      match = {i, 0};
      break;
    }
    if (match.place < best.place) best = match;
  }
  return best;
}

}  // namespace qflow
