#include "cli/run_argument.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/store_access.h"

namespace qflow {

std::size_t count_run_words(const std::vector<std::string>& words) {
  if (words.size() < 2 || words[0].find('/') != std::string::npos) return std::min<std::size_t>(words.size(), 1);
  const std::string head = words[1].substr(0, words[1].find('/'));
  const bool number = !head.empty() && head.find_first_not_of("0123456789") == std::string::npos;
  return number || head == "latest" ? 2 : 1;
}

Result<RunReference> parse_whole_run(const std::vector<std::string>& words, std::string_view command) {
  QFLOW_ASSIGN(RunReference reference, parse_run_words(words));
  if (!reference.step) return reference;
  const std::string run =
      reference.flow_name() + "/" + (reference.number > 0 ? std::to_string(reference.number) : "latest");
  return fail(ErrorKind::kUsage, fmt::format("{} takes whole runs, not a step of one", command),
              fmt::format("write {}; qflow logs {}/{} shows the step", run, run, reference.step->text()));
}

Result<Run> find_named_run(Context& context, Store& store, const RunReference& reference, LatestMeans latest) {
  QFLOW_ASSIGN(const std::string caller, caller_namespace(store, doors_of(context)));
  return find_run(store, reference, latest, caller);
}

}  // namespace qflow
