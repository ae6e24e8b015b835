#pragma once

#include <span>
#include <string>
#include <string_view>

namespace qflow {

// A subject of `qflow help TOPIC` that is no command.
struct HelpTopic {
  std::string_view name;
  std::string_view summary;
  std::string (*text)(int width);  // rendered in `width` columns
};

// Sorted by name.
std::span<const HelpTopic> help_topics();

// The paragraphs of topics, as wrap_text takes them (help_text.h), for the manual.
std::string_view config_text();
std::string_view expressions_text();
std::string_view runs_text();

// The variables that a step sees, and those that qflow reads: for the topic and the man page.
struct EnvironmentVariable {
  std::string_view name;
  std::string_view text;
};
std::span<const EnvironmentVariable> step_variables();
std::span<const EnvironmentVariable> read_variables();

}  // namespace qflow
