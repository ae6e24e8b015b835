#include "sensor/s3_signature.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "qflow/error/characters.h"
#include "qflow/model/sha256.h"
#include "sensor/hmac_sha256.h"

namespace qflow {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kService = "s3";

using SortedHeaders = std::map<std::string, std::string>;

bool is_unreserved(char c) {
  return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

std::string percent_encoded(std::string_view text, std::string_view kept) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (char c : text) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kDigits[byte >> 4];
    encoded += kDigits[byte & 15];
  }
  return encoded;
}

// "20130524T000000Z", from "2013-05-24T00:00:00Z".
std::string basic_time(Instant at) {
  std::string text = format_instant(std::chrono::floor<std::chrono::seconds>(at));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

SortedHeaders headers_to_sign(const S3Request& request, const S3Credentials& credentials) {
  SortedHeaders headers(request.headers.begin(), request.headers.end());
  headers["host"] = request.host;
  headers["x-amz-content-sha256"] = sha256_hex({});
  headers["x-amz-date"] = basic_time(request.at);
  if (credentials.session_token) headers["x-amz-security-token"] = *credentials.session_token;
  return headers;
}

std::string joined_names(const SortedHeaders& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string canonical_request(const S3Request& request, const SortedHeaders& headers) {
  std::string text = "GET\n" + s3_encoded_path(request.path) + "\n" + s3_encoded_query(request.query) + "\n";
  for (const auto& [name, value] : headers) text += name + ":" + value + "\n";
  return text + "\n" + joined_names(headers) + "\n" + headers.at("x-amz-content-sha256");
}

}  // namespace

std::string s3_encoded_path(std::string_view path) {
  return percent_encoded(path, "/");
}

std::string s3_encoded_query(const S3Query& query) {
  S3Query encoded;
  for (const auto& [name, value] : query) encoded.emplace_back(percent_encoded(name, ""), percent_encoded(value, ""));
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) text += (text.empty() ? "" : "&") + name + "=" + value;
  return text;
}

std::string signing_key(std::string_view secret_key, std::string_view day, std::string_view region,
                        std::string_view service) {
  std::string key = "AWS4" + std::string(secret_key);
  for (std::string_view part : {day, region, service, std::string_view("aws4_request")}) key = hmac_sha256(key, part);
  return key;
}

std::vector<std::pair<std::string, std::string>> signed_headers(const S3Request& request,
                                                                const S3Credentials& credentials) {
  const SortedHeaders headers = headers_to_sign(request, credentials);
  const std::string time = basic_time(request.at);
  const std::string day = time.substr(0, time.find('T'));
  const std::string scope = fmt::format("{}/{}/{}/aws4_request", day, request.region, kService);
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, scope, sha256_hex(canonical_request(request, headers)));
  const std::string key = signing_key(credentials.secret_key, day, request.region, kService);
  std::vector<std::pair<std::string, std::string>> all(headers.begin(), headers.end());
  all.emplace_back("authorization",
                   fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", kAlgorithm, credentials.access_key,
                               scope, joined_names(headers), to_hexadecimal(hmac_sha256(key, text))));
  return all;
}

}  // namespace qflow
