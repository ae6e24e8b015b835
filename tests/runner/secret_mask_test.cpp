#include "runner/secret_mask.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace qflow {
namespace {

std::string masked(const std::vector<std::string>& secrets, const std::vector<std::string>& reads) {
  std::string result;
  const auto sink = [&](std::string_view bytes) { result += bytes; };
  SecretMask mask(secrets);
  for (const std::string& read : reads) mask.feed(read, sink);
  mask.finish(sink);
  return result;
}

TEST_CASE("secrets become three stars, however they arrive") {
  struct Row {
    std::vector<std::string> secrets;
    std::vector<std::string> reads;
    std::string expected;
  };
  const std::vector<Row> rows{
      {{}, {"nothing to hide"}, "nothing to hide"},
      {{""}, {"nothing to hide"}, "nothing to hide"},
      {{"hunter2"}, {"it is hunter2!"}, "it is ***!"},
      {{"hunter2"}, {"it is hun", "ter2!"}, "it is ***!"},
      {{"hunter2"}, {"h", "u", "n", "t", "e", "r", "2"}, "***"},
      {{"hunter2"}, {"hunter", "1"}, "hunter1"},
      {{"hunter2"}, {"hunter"}, "hunter"},
      {{"hunter2"}, {"hunter2hunter2"}, "******"},
      {{"hunter2", "hunter22"}, {"hunter22"}, "***"},
      {{"hunter2", "hunter22"}, {"hunter2", "3"}, "***3"},
      {{"hunter2", "hunter22"}, {"hunter2"}, "***"},
      {{"aaaaaa"}, {"aaaaaaaa"}, "***aa"},
      {{"ababab"}, {"abababab"}, "***ab"},
      {{"line1\nline2"}, {"x line1\n", "line2 y"}, "x *** y"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.expected);
    CHECK(masked(row.secrets, row.reads) == row.expected);
  }
}

// By a look at each place of the whole text.
std::string masked_slowly(const std::vector<std::string>& secrets, std::string_view text) {
  std::string result;
  while (!text.empty()) {
    std::size_t longest = 0;
    for (const std::string& secret : secrets) {
      if (text.starts_with(secret)) longest = std::max(longest, secret.size());
    }
    result += longest > 0 ? SecretMask::kMask : text.substr(0, 1);
    text.remove_prefix(std::max<std::size_t>(longest, 1));
  }
  return result;
}

TEST_CASE("secrets are found where a look at each place finds them") {
  std::mt19937 random(11);
  const auto word = [&](std::size_t size) {
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += "abc"[random() % 3];
    return text;
  };
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::string> secrets(random() % 6);
    for (std::string& secret : secrets) secret = word(random() % 7);
    const std::string text = word(random() % 60);
    std::vector<std::string> reads;
    for (std::size_t at = 0; at < text.size(); at += reads.back().size()) {
      reads.push_back(text.substr(at, 1 + random() % 20));
    }
    CAPTURE(text);
    CHECK(masked(secrets, reads) == masked_slowly(secrets, text));
    CHECK(SecretMask(secrets).masked(text) == masked_slowly(secrets, text));
  }
}

TEST_CASE("the places of the reads make no difference") {
  std::mt19937 random(7);
  const std::vector<std::string> secrets{"abcabd", "bdabca", "aaaaab", "abcabdx"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "abdcx"[random() % 5];
    text.insert(random() % 40, secrets[random() % secrets.size()]);
    std::vector<std::string> reads;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t size = 1 + random() % 7;
      reads.push_back(text.substr(at, size));
      at += size;
    }
    CAPTURE(text);
    const std::string whole = masked(secrets, {text});
    CHECK(masked(secrets, reads) == whole);
    CHECK(SecretMask(secrets).masked(text) == whole);
    for (const std::string& secret : secrets) CHECK(whole.find(secret) == std::string::npos);
  }
}

}  // namespace
}  // namespace qflow
