#include "qflow/engine/given.h"

#include <utility>

#include "qflow/error/printable.h"
#include "qflow/model/flow_reference.h"

namespace qflow {

namespace {

// The number behind the slash; nothing without a slash.
Result<std::optional<std::int64_t>> take_number(std::string_view& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  QFLOW_ASSIGN(const RunId run, RunId::parse("F" + std::string(text.substr(slash))));
  text = text.substr(0, slash);
  return run.number;
}

}  // namespace

Result<Given::End> parse_given_run(std::string_view text) {
  const std::string whole(text);
  Given::End end;
  auto number = take_number(text);
  if (!number) return fail(ErrorKind::kInvalid, quoted(whole) + " names no run", "write it as Flow/34");
  end.number = *number;
  QFLOW_ASSIGN(FlowReference named, parse_flow_reference(text));
  end.flow = std::move(named.flow);
  if (!named.name_space.empty()) end.name_space = std::move(named.name_space);
  return end;
}

}  // namespace qflow
