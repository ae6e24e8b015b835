#pragma once

#include <span>
#include <string>
#include <string_view>

namespace qflow {

// One key of the flow file, for the manual: qflow-flow(5) and `qflow help flow-file`; or one of the store's
// config.toml, for qflow(1) and `qflow help config`. A test compares the lists with what the readers of the files and
// the trigger registry accept.
struct FlowFileKey {
  std::string_view name;
  std::string_view type;           // "text", "list of text", "duration"
  std::string_view default_value;  // as written in TOML; empty: none; "required"
  std::string_view text;
};

// "(type, default value) text".
std::string key_text(const FlowFileKey& key);

// One table of a file.
struct FlowFileTable {
  std::string_view heading;  // "[[steps]]", "[[triggers]] of type event"; "" for the keys before the first table
  std::string_view text;     // what the table is for
  std::span<const FlowFileKey> keys;
};

// In the order of the manual. Tables of trigger types have headings that begin with kTriggerHeading.
std::span<const FlowFileTable> flow_file_tables();
inline constexpr std::string_view kTriggerHeading = "[[triggers]] of type ";

// Those of config.toml.
std::span<const FlowFileTable> store_config_tables();

}  // namespace qflow
