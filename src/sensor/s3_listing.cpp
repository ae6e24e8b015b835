#include "sensor/s3_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "qflow/error/printable.h"
#include "sensor/s3_credentials.h"

namespace qflow {
namespace {

// A page has at most 1,000 keys of 1,024 bytes, each of which may be written as "&#x10FFFF;".
constexpr std::uint64_t kMostPageBytes = std::uint64_t{16} * 1024 * 1024;
constexpr std::size_t kMostShown = 300;

struct PageAnswer {
  int status = 0;
  bool whole = true;
  std::string body;
};

class Listing {
 public:
  Listing(const S3Place& place, const std::string& prefix, const S3Access& access)
      : place_(place), prefix_(prefix), access_(access), end_(access.clock.monotonic() + access.limit) {}

  Result<std::vector<S3Object>> read() {
    std::vector<S3Object> objects;
    std::optional<std::string> token;
    do {
      QFLOW_ASSIGN(S3Page page, read_page(token));
      std::move(page.objects.begin(), page.objects.end(), std::back_inserter(objects));
      if (page.next && page.next == token) return wrong_answer("its pages never end");
      token = std::move(page.next);
    } while (token);
    return objects;
  }

 private:
  Result<S3Page> read_page(const std::optional<std::string>& token);
  Result<PageAnswer> ask(const std::optional<std::string>& token);
  HttpRequest request_for(const std::optional<std::string>& token) const;
  Error timed_out() const;
  tl::unexpected<Error> wrong_answer(const std::string& why) const;
  Error refusal(const PageAnswer& answer) const;

  const S3Place& place_;
  const std::string& prefix_;
  const S3Access& access_;
  Duration end_;
};

HttpRequest Listing::request_for(const std::optional<std::string>& token) const {
  S3Request request{.host = place_.host, .path = place_.path, .region = place_.region, .at = access_.clock.now()};
  request.query = {{"list-type", "2"}, {"encoding-type", "url"}};
  if (!prefix_.empty()) request.query.emplace_back("prefix", prefix_);
  if (token) request.query.emplace_back("continuation-token", *token);
  return {.url = place_.scheme + "://" + place_.host + s3_encoded_path(request.path) + "?" +
                 s3_encoded_query(request.query),
          .headers = signed_headers(request, access_.credentials),
          .limit = token ? end_ - access_.clock.monotonic() : access_.limit,
          .most_redirects = 0,
          .most_bytes = kMostPageBytes,
          .take = {}};
}

Error Listing::timed_out() const {
  return {ErrorKind::kTimedOut, "listing " + place_.shown + " took longer than " + format_duration(access_.limit),
          "raise the sensor's `timeout`, or watch a longer `prefix`"};
}

Result<PageAnswer> Listing::ask(const std::optional<std::string>& token) {
  HttpRequest request = request_for(token);
  if (request.limit <= Duration(0)) return tl::make_unexpected(timed_out());
  PageAnswer page;
  request.take = [&](std::string_view piece) { page.body += piece; };
  auto answer = access_.transport.get(request);
  if (!answer) {
    const bool is_over = token && answer.error().kind == ErrorKind::kTimedOut;
    return tl::make_unexpected(is_over ? timed_out() : std::move(answer).error());
  }
  page.status = answer->status;
  page.whole = answer->whole;
  return page;
}

tl::unexpected<Error> Listing::wrong_answer(const std::string& why) const {
  return fail(ErrorKind::kFailed,
              "the answer from " + place_.scheme + "://" + place_.host + " is no listing of S3: " + why,
              "check `endpoint`");
}

std::string advice_for(const std::string& code) {
  if (code == "NoSuchBucket") return "check `bucket`";
  if (code == "RequestTimeTooSkewed") return "set the clock of this machine";
  if (code == "PermanentRedirect" || code == "TemporaryRedirect" || code == "AuthorizationHeaderMalformed") {
    return "check `region`";
  }
  if (code == "AccessDenied") return "the credentials need the permission s3:ListBucket for this bucket";
  const bool is_about_keys = code == "InvalidAccessKeyId" || code == "SignatureDoesNotMatch" ||
                             code == "ExpiredToken" || code == "InvalidToken";
  return is_about_keys ? "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN" : "";
}

Error Listing::refusal(const PageAnswer& answer) const {
  const auto problem = parse_s3_problem(answer.body);
  if (!problem) {
    return {ErrorKind::kFailed, fmt::format("{}://{} answered {}", place_.scheme, place_.host, answer.status), ""};
  }
  std::string text = problem->code + (problem->message.empty() ? "" : ": " + problem->message);
  text = without_credentials(std::move(text), access_.credentials);
  const std::string_view dots = text.size() > kMostShown ? "..." : "";
  return {ErrorKind::kFailed,
          fmt::format("can't list {}: {}{}", place_.shown, printable(text.substr(0, kMostShown)), dots),
          advice_for(problem->code)};
}

Result<S3Page> Listing::read_page(const std::optional<std::string>& token) {
  QFLOW_ASSIGN(const PageAnswer answer, ask(token));
  if (answer.status != 200) return tl::make_unexpected(refusal(answer));
  if (!answer.whole) return wrong_answer("it is larger than 16 MiB");
  auto page = parse_s3_page(answer.body);
  if (page) return page;
  return wrong_answer(page.error().message);
}

}  // namespace

Result<std::vector<S3Object>> list_objects(const S3Place& place, const std::string& prefix, const S3Access& access) {
  QFLOW_ASSIGN(auto objects, Listing(place, prefix, access).read());
  std::erase_if(objects, [&](const S3Object& object) { return !object.key.starts_with(prefix); });
  std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  const auto same_key = [](const auto& a, const auto& b) { return a.key == b.key; };
  objects.erase(std::unique(objects.begin(), objects.end(), same_key), objects.end());
  return objects;
}

}  // namespace qflow
