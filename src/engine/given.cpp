#include "qflow/engine/given.h"

#include "qflow/error/printable.h"

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
  const std::size_t last = text.rfind('.');
  if (last != std::string_view::npos) {
    const std::string_view qualifier = text.substr(0, last);
    if (qualifier.find('.') == std::string_view::npos) {
      return fail(ErrorKind::kInvalid, quoted(whole) + " has one dot",
                  "a flow of another project is project.branch.Flow, as in foo.prod.Flow");
    }
    end.name_space = qualifier;
    text.remove_prefix(last + 1);
  }
  QFLOW_ASSIGN(end.flow, FlowId::parse(text));
  return end;
}

}  // namespace qflow
