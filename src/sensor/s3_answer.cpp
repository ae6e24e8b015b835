#include "sensor/s3_answer.h"

#include <functional>

#include "qflow/error/printable.h"
#include "qflow/os/decimal.h"
#include "sensor/xml_reader.h"

namespace qflow {
namespace {

// "ListBucketResult/Contents/Key" and the text in it; called when the element ends.
using ElementSink = std::function<Status(std::string_view path, const std::string& text)>;

Status read_elements(std::string_view document, const ElementSink& sink) {
  if (!is_utf8(document)) return fail(ErrorKind::kInvalid, "it is not UTF-8");
  XmlReader reader(document);
  std::string path;
  std::string text;
  while (true) {
    QFLOW_ASSIGN(const XmlPiece piece, reader.next());
    switch (piece.kind) {
      case XmlPiece::Kind::kOpen:
        path += (path.empty() ? "" : "/") + piece.text;
        text.clear();
        break;
      case XmlPiece::Kind::kText:
        text += piece.text;
        break;
      case XmlPiece::Kind::kClose:
        QFLOW_TRY(sink(path, text));
        path.resize(path.size() == piece.text.size() ? 0 : path.size() - piece.text.size() - 1);
        text.clear();
        break;
      case XmlPiece::Kind::kEnd:
        return {};
    }
  }
}

std::string without_quotes(const std::string& etag) {
  const bool is_quoted = etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
  return is_quoted ? etag.substr(1, etag.size() - 2) : etag;
}

int hex_digit(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::size_t value = kDigits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  return value == std::string_view::npos ? -1 : static_cast<int>(value);
}

// What encoding-type=url makes of a key: %XX, and + for a space.
std::optional<std::string> decoded_key(std::string_view text) {
  std::string key;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      key += text[at] == '+' ? ' ' : text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const int high = hex_digit(text[at + 1]);
    const int low = hex_digit(text[at + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    key += static_cast<char>(high * 16 + low);
    at += 2;
  }
  return key;
}

// Collects a page; the encoding of keys may be said after them.
class PageBuilder {
 public:
  Status take(std::string_view path, const std::string& text) {
    constexpr std::string_view kRoot = "ListBucketResult";
    constexpr std::string_view kContents = "Contents";
    if (!path.starts_with(kRoot)) return fail(ErrorKind::kInvalid, "it is no ListBucketResult");
    path.remove_prefix(std::min(kRoot.size() + 1, path.size()));
    if (path == kContents) return end_object();
    if (path.starts_with("Contents/")) return take_of_object(path.substr(kContents.size() + 1), text);
    if (path == "IsTruncated") is_truncated_ = text == "true";
    if (path == "NextContinuationToken") page_.next = text;
    if (path == "EncodingType") is_encoded_ = text == "url";
    return {};
  }

  Result<S3Page> finish() {
    if (!is_truncated_) return fail(ErrorKind::kInvalid, "IsTruncated is missing");
    if (!*is_truncated_) page_.next.reset();
    if (*is_truncated_ && !page_.next) return fail(ErrorKind::kInvalid, "NextContinuationToken is missing");
    for (S3Object& object : page_.objects) {
      auto key = is_encoded_ ? decoded_key(object.key) : object.key;
      if (!key) return fail(ErrorKind::kInvalid, "the key " + quoted(object.key) + " is wrongly encoded");
      object.key = std::move(*key);
    }
    return std::move(page_);
  }

 private:
  Status take_of_object(std::string_view name, const std::string& text) {
    if (name == "Key") object_.key = text;
    if (name == "ETag") object_.etag = without_quotes(text);
    if (name == "LastModified") object_.last_modified = text;
    if (name == "Size") {
      const auto size = parse_decimal<std::uint64_t>(text);
      if (!size) return fail(ErrorKind::kInvalid, quoted(text) + " is no size");
      object_.size = *size;
    }
    return {};
  }

  Status end_object() {
    if (object_.key.empty()) return fail(ErrorKind::kInvalid, "an object without a key");
    if (object_.etag.empty()) return fail(ErrorKind::kInvalid, "the object " + quoted(object_.key) + " has no ETag");
    page_.objects.push_back(std::exchange(object_, {}));
    return {};
  }

  S3Page page_;
  S3Object object_;
  std::optional<bool> is_truncated_;
  bool is_encoded_ = false;
};

}  // namespace

Result<S3Page> parse_s3_page(std::string_view document) {
  PageBuilder builder;
  QFLOW_TRY(read_elements(document,
                          [&](std::string_view path, const std::string& text) { return builder.take(path, text); }));
  return builder.finish();
}

std::optional<S3Problem> parse_s3_problem(std::string_view document) {
  S3Problem problem;
  const Status read = read_elements(document, [&](std::string_view path, const std::string& text) -> Status {
    if (path == "Error/Code") problem.code = text;
    if (path == "Error/Message") problem.message = text;
    return {};
  });
  if (!read || problem.code.empty()) return std::nullopt;
  return problem;
}

}  // namespace qflow
