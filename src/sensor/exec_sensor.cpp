#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "qflow/error/printable.h"
#include "qflow/error/suggestion.h"
#include "qflow/error/wording.h"
#include "sensor/program_output.h"
#include "sensor/sensor_kinds.h"

namespace qflow {

namespace {

// It becomes an environment variable, of which Linux takes 128 KiB.
constexpr std::size_t kLongestCursor = 64 * 1024;
constexpr std::size_t kLongestExcerpt = 60;
// They are one transaction, for which others wait.
constexpr std::size_t kMostEvents = 10'000;

const std::vector<std::string> kKeys = {"payload", "timestamp", "value", "sender", "context", "idempotency_key"};

std::string place_of(std::size_t line) {
  return fmt::format("line {} of its output", line);
}

tl::unexpected<Error> refuse(std::size_t line, std::string_view what, std::string advice) {
  return fail(ErrorKind::kFailed, fmt::format("{}: {}", place_of(line), what), std::move(advice));
}

// The output of one call, line by line.
class OutputReader {
 public:
  Status read(std::string_view output) {
    while (!output.empty()) {
      const std::string_view line = output.substr(0, output.find('\n'));
      output.remove_prefix(std::min(line.size() + 1, output.size()));
      ++number_;
      if (line.find_first_not_of(" \t\r") != std::string_view::npos) QFLOW_TRY(read_line(line));
    }
    return {};
  }

  std::vector<SensedChange> take_changes() { return std::move(changes_); }
  const std::optional<std::string>& cursor() const { return cursor_; }

 private:
  Status read_line(std::string_view line) {
    if (cursor_) return refuse(number_, "it comes after the cursor", "print the cursor as the last line");
    const auto row = parse_json(line);
    if (!row || !row->is_object()) {
      return refuse(number_, "no JSON object: " + quoted(std::string(line.substr(0, kLongestExcerpt))),
                    R"(print {"payload": {…}} for each event, and diagnostics to standard error)");
    }
    if (row->contains("cursor")) return read_cursor(*row);
    if (changes_.size() == kMostEvents) {
      return refuse(number_, fmt::format("it reports more than {} events at once", kMostEvents),
                    "report in smaller portions, and keep a cursor");
    }
    SensedChange change;
    change.origin = place_of(number_);
    for (const auto& [key, value] : row->items()) QFLOW_TRY(read_field(key, value, change));
    changes_.push_back(std::move(change));
    return {};
  }

  Status read_cursor(const Json& row) {
    if (row.size() != 1)
      return refuse(number_, "the cursor stands alone", R"(print {"cursor": …} as a line of its own)");
    if (row.at("cursor").is_null()) {
      cursor_ = "";
      return {};
    }
    cursor_ = to_compact(row.at("cursor"));
    if (cursor_->size() <= kLongestCursor) return {};
    return refuse(number_, fmt::format("the cursor has {} bytes, at most {} are kept", cursor_->size(), kLongestCursor),
                  "keep large state in a file, and its name in the cursor");
  }

  Status read_field(const std::string& key, const Json& value, SensedChange& change) {
    if (key == "payload") return read_payload(value, change);
    if (key == "name") return refuse(number_, "`name` can't be chosen", "the event is named after the trigger");
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
      return refuse(number_, "unknown key " + quoted(key), did_you_mean_or_list(key, kKeys));
    }
    if (value.is_null()) return {};
    if (!value.is_string()) return refuse(number_, fmt::format("`{}` is no text", key), "write it in quotes");
    const std::string text = value.get<std::string>();
    if (key == "timestamp") return read_timestamp(text, change);
    field(key, change) = text;
    return {};
  }

  Status read_payload(const Json& value, SensedChange& change) {
    if (!value.is_object()) {
      return refuse(number_, fmt::format("`payload` must be an object; is {}", type_name(value)),
                    R"(write it as {"rows": 3})");
    }
    change.payload = value;
    return {};
  }

  Status read_timestamp(const std::string& text, SensedChange& change) {
    const auto instant = parse_datetime(text);
    if (!instant) return refuse(number_, "`timestamp`: " + instant.error().message, instant.error().advice);
    change.timestamp = *instant;
    return {};
  }

  static std::optional<std::string>& field(std::string_view key, SensedChange& change) {
    if (key == "value") return change.value;
    if (key == "sender") return change.sender;
    return key == "context" ? change.context : change.idempotency_key;
  }

  std::size_t number_ = 0;
  std::vector<SensedChange> changes_;
  std::optional<std::string> cursor_;
};

}  // namespace

Result<Sighting> look_at(const ExecSensor& watched, const Look& look) {
  QFLOW_ASSIGN(const std::string output, output_of_program(watched.command, look));
  OutputReader reader;
  if (const Status read = reader.read(output); !read) {
    return tl::make_unexpected(with_context(watched.command.front(), read.error()));
  }
  Sighting sighting;
  sighting.changes = reader.take_changes();
  sighting.cursor = reader.cursor().value_or(look.cursor.value_or(""));
  sighting.seen = counted(sighting.changes.size(), "line") + " of its program";
  return sighting;
}

}  // namespace qflow
