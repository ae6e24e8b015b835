#include "runner/secret_mask.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <tuple>
#include <utility>

namespace qflow {

namespace {

enum class More { kMayCome, kNever };

struct Match {
  std::size_t place = std::string_view::npos;
  std::size_t secret = 0;  // its place among all, the longest first
  std::size_t length = 0;  // 0: cut off by the end of the text

  // A longer secret that the end cuts off goes before a shorter one that is whole at the same place.
  bool operator>(const Match& other) const { return std::tie(place, secret) > std::tie(other.place, other.secret); }
};

// Goes through one text. Each secret is searched once for each of its places: what comes next of it stays known while
// others are passed.
class Search {
 public:
  Search(const std::vector<std::string>& secrets, std::string_view text, More more)
      : secrets_(secrets), text_(text), more_(more) {
    for (std::size_t secret = 0; secret < secrets.size(); ++secret) add(secret, 0);
  }

  // The first secret at or after `from`, which never goes back; where more may come, one that the end cuts off counts
  // too.
  Match next(std::size_t from) {
    while (!coming_.empty() && coming_.top().place < from) {
      const std::size_t passed = coming_.top().secret;
      coming_.pop();
      add(passed, from);
    }
    return coming_.empty() ? Match() : coming_.top();
  }

 private:
  void add(std::size_t secret, std::size_t from) {
    const std::string& wanted = secrets_[secret];
    std::size_t place = text_.find(wanted, from);
    std::size_t length = wanted.size();
    if (place == std::string_view::npos && more_ == More::kMayCome) {
      place = cut_off(wanted, from);
      length = 0;
    }
    if (place != std::string_view::npos) coming_.push({place, secret, length});
  }

  std::size_t cut_off(std::string_view secret, std::size_t from) const {
    const std::size_t tail = text_.size() >= secret.size() ? text_.size() - secret.size() + 1 : 0;
    for (std::size_t place = std::max(from, tail); place < text_.size(); ++place) {
      if (secret.starts_with(text_.substr(place))) return place;
    }
    return std::string_view::npos;
  }

  const std::vector<std::string>& secrets_;
  std::string_view text_;
  More more_;
  std::priority_queue<Match, std::vector<Match>, std::greater<>> coming_;
};

}  // namespace

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
  Search search(secrets_, held_, More::kMayCome);
  std::size_t done = 0;
  while (true) {
    const Match match = search.next(done);
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
  Search search(secrets_, text, More::kNever);
  std::size_t done = 0;
  while (true) {
    const Match match = search.next(done);
    result += text.substr(done, std::min(match.place, text.size()) - done);
    if (match.length == 0) return result;
    result += kMask;
    done = match.place + match.length;
  }
}

}  // namespace qflow
