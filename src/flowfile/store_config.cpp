#include "qflow/flowfile/store_config.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "flowfile/checked_text.h"
#include "flowfile/toml_document.h"
#include "qflow/error/printable.h"
#include "qflow/model/config_reader.h"

namespace qflow {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr std::array kUnits = {Unit{"KiB", 1ull << 10}, Unit{"MiB", 1ull << 20}, Unit{"GiB", 1ull << 30}, Unit{"B", 1}};

// More than this no machine has room for, and it leaves sums of sizes far from overflowing.
constexpr std::uint64_t kLargestSize = 1ull << 50;

constexpr std::int64_t kLongestChain = 10'000;
constexpr std::int64_t kMostWorkers = 4096;

void read_size(ConfigReader& reader, std::string_view key, std::uint64_t& size) {
  const ConfigEntry* entry = reader.find(key);
  const auto* number = entry == nullptr ? nullptr : std::get_if<std::int64_t>(&entry->value.data);
  if (number != nullptr) {
    reader.diagnostics().error(entry->value.position, fmt::format("`{}` must be text; is an integer", key),
                               fmt::format("write it with a unit: \"{}B\"", *number));
    return;
  }
  const auto text = reader.text(key);
  if (!text) return;
  const auto parsed = parse_size(text->value);
  if (parsed) size = *parsed;
  if (!parsed)
    reader.diagnostics().error(text->position, std::string(key) + ": " + parsed.error().message, parsed.error().advice);
}

void read_hooks(ConfigReader& reader, StoreConfig& config) {
  const ConfigTable* table = reader.table("hooks");
  if (table == nullptr) return;
  ConfigReader hooks(*table, "[hooks]", reader.diagnostics());
  if (const auto text = hooks.text("on_failure")) config.on_failure = text->value;
  hooks.finish();
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const Unit& known : kUnits) {
    if (error != std::errc() || unit != known.name) continue;
    if (number <= kLargestSize / known.bytes) return number * known.bytes;
    return fail(ErrorKind::kInvalid, quoted(text) + " is too large", "at most 1048576GiB");
  }
  return fail(ErrorKind::kInvalid, quoted(text) + " is not a size",
              "write for example \"100MiB\"; units B, KiB, MiB, GiB");
}

StoreConfig parse_store_config(std::string_view text, Diagnostics& diagnostics) {
  StoreConfig config;
  const std::optional<ConfigTable> document = parse_toml(text, diagnostics);
  if (!document) return config;
  ConfigReader reader(*document, "config.toml", diagnostics);
  read_size(reader, "max_payload", config.max_payload);
  read_size(reader, "max_log", config.max_log);
  if (const auto chain = reader.integer("max_chain", 1, kLongestChain))
    config.max_chain = static_cast<int>(chain->value);
  if (const auto workers = reader.integer("max_workers", 0, kMostWorkers)) {
    config.max_workers = static_cast<int>(workers->value);
  }
  if (const auto keep = reader.duration("keep_events")) config.keep_events = keep->value;
  read_hooks(reader, config);
  reader.finish();
  return config;
}

}  // namespace qflow
