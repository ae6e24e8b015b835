#include "runner/secret_mask.h"

#include <doctest/doctest.h>

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
