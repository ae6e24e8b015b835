#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/error/diagnostic.h"
#include "qflow/model/config_value.h"
#include "qflow/time/duration.h"
#include "qflow/time/instant.h"

namespace qflow {

// Reads the keys of one table, each asked for by name; what is missing or of the wrong type is reported at its
// position, and `finish` reports every key that nobody asked for, with the nearest known one, else all if they are few.
// Reading goes on after a problem: an accessor that reported one returns nothing. The table and the diagnostics outlive
// the reader.
class ConfigReader {
 public:
  // `what` names the table in messages: "step", "trigger of type event".
  ConfigReader(const ConfigTable& table, std::string what, Diagnostics& diagnostics);

  // The entry, or null; either way the key is known from now on.
  const ConfigEntry* find(std::string_view key);
  bool has(std::string_view key) const;

  std::optional<Located<std::string>> text(std::string_view key);
  std::optional<Located<std::int64_t>> integer(std::string_view key, std::int64_t minimum, std::int64_t maximum);
  std::optional<Located<double>> number(std::string_view key, double minimum, double maximum);
  std::optional<Located<bool>> boolean(std::string_view key);
  // Durations are text such as "1h30m".
  std::optional<Located<Duration>> duration(std::string_view key);
  // RFC 3339 as text, or a TOML date-time with an offset; a TOML date or local date-time is UTC.
  std::optional<Located<Instant>> instant(std::string_view key);
  // One of `choices`; anything else is an error that lists them.
  std::optional<Located<std::string>> choice(std::string_view key, const std::vector<std::string>& choices);
  std::vector<Located<std::string>> text_list(std::string_view key);
  const ConfigTable* table(std::string_view key);
  // A list of tables ([[key]]); other elements are reported and left out.
  std::vector<const ConfigTable*> tables(std::string_view key);

  // As above, but a missing key is an error at the table's header.
  std::optional<Located<std::string>> required_text(std::string_view key);

  // Accepts a key without reading it here, so that `finish` does not report it.
  void allow(std::string_view key);

  // Asked about each key that nobody read, before it is reported as unknown: returns what a better message says of the
  // key ("belongs to triggers of type schedule" becomes "key 'every' belongs to ..."), or "" to leave it at the usual
  // one.
  using ExplainUnknown = std::function<std::string(std::string_view key)>;
  void finish(const ExplainUnknown& explain = {});

  const ConfigTable& source() const { return table_; }
  Diagnostics& diagnostics() { return diagnostics_; }
  const std::string& what() const { return what_; }

 private:
  std::string advice_for_unknown(std::string_view key) const;
  void wrong_type(const ConfigEntry& entry, std::string_view expected, std::string help);
  void wrong_element(const ConfigEntry& entry, const ConfigValue& element, std::string_view expected, std::string help);
  void bad_value(const ConfigEntry& entry, const Error& error);

  const ConfigTable& table_;
  std::string what_;
  Diagnostics& diagnostics_;
  std::vector<std::string> known_;
};

}  // namespace qflow
