#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>

#include "qflow/cli/command.h"
#include "qflow/error/printable.h"

namespace qflow {

namespace {

[[maybe_unused]] bool declares(std::span<const OptionSpec> options, std::string_view name) {
  return std::any_of(options.begin(), options.end(), [&](const OptionSpec& option) { return option.name == name; });
}

// "--jobs"; "-n, --count" where it may have been written in either way.
std::string shown_name(std::span<const OptionSpec> options, std::string_view name) {
  for (const OptionSpec& option : options) {
    if (option.name == name && option.short_name != 0) return fmt::format("-{}, --{}", option.short_name, name);
  }
  return fmt::format("--{}", name);
}

// Of any length: "-99999999999999999999" too.
bool is_whole_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

bool has_optional_value(const OptionSpec& option) {
  return option.value.starts_with('[');
}

std::string value_suffix(const OptionSpec& option) {
  if (option.value.empty() || has_optional_value(option)) return std::string(option.value);
  return fmt::format(" {}", option.value);
}

bool Arguments::flag(std::string_view option) const {
  return value(option).has_value();
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  assert(declares(command_->options, option) || declares(global_options(), option));
  const auto given = std::find_if(options_.rbegin(), options_.rend(), [&](const auto& o) { return o.first == option; });
  if (given == options_.rend()) return std::nullopt;
  return given->second;
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  assert(declares(command_->options, option) || declares(global_options(), option));
  std::vector<std::string> list;
  for (const auto& [name, text] : options_) {
    if (name == option) list.push_back(text);
  }
  return list;
}

Result<std::optional<std::string>> Arguments::text(std::string_view option) const {
  std::optional<std::string> given = value(option);
  if (!given || is_utf8(*given)) return given;
  return fail(ErrorKind::kInvalid, fmt::format("option --{}: {} is not UTF-8", option, quoted(*given)),
              "put other bytes into a file, and name that");
}

Result<std::optional<std::int64_t>> Arguments::integer(std::string_view option, std::int64_t minimum,
                                                       std::int64_t maximum) const {
  const std::optional<std::string> text = value(option);
  if (!text) return std::nullopt;
  std::int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto [stop, problem] = std::from_chars(text->data(), end, number);
  if (problem == std::errc() && stop == end && number >= minimum && number <= maximum) return number;
  const std::string name = shown_name(command_->options, option);
  if (is_whole_number(*text)) {
    return fail(ErrorKind::kUsage, fmt::format("option {}: must be {} to {}, not {}", name, minimum, maximum, *text));
  }
  return fail(ErrorKind::kUsage, fmt::format("option {}: {} is not a whole number", name, quoted(*text)),
              fmt::format("it takes {} to {}", minimum, maximum));
}

void Arguments::add_option(std::string_view option, std::string value) {
  options_.emplace_back(option, std::move(value));
}

void Arguments::add_positional(std::string value) {
  positionals_.push_back(std::move(value));
}

}  // namespace qflow
