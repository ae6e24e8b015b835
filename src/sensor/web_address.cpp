#include "sensor/web_address.h"

#include "sensor/lower_case.h"

namespace qflow {
namespace {

// Takes all before the first of `ends`, or everything.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view taken = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(taken.size());
  return taken;
}

}  // namespace

std::string WebAddress::without_credentials() const {
  return place() + query;
}

std::string WebAddress::place() const {
  return scheme + "://" + host + path;
}

Result<WebAddress> parse_web_address(std::string_view text) {
  WebAddress address;
  address.scheme = lower_case(take_until(text, ":/"));
  const bool is_web = address.scheme == "http" || address.scheme == "https";
  if (!is_web || !text.starts_with("://")) {
    return fail(ErrorKind::kInvalid, "the address begins with neither http:// nor https://", "write the whole address");
  }
  text.remove_prefix(3);
  std::string_view authority = take_until(text, "/?#");
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    address.credentials = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  if (authority.empty()) return fail(ErrorKind::kInvalid, "the address has no host", "write the whole address");
  address.host = authority;
  address.path = take_until(text, "?#");
  address.query = text;
  return address;
}

}  // namespace qflow
