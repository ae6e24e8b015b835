#include "cli/chain_drawing.h"

#include <fmt/format.h>

#include "cli/terminal.h"

namespace qflow {

namespace {

std::string name_of(const ChainNode& node) {
  const std::string name = node.run ? node.run->id.text() : fmt::format("event {}", *node.event);
  if (node.seen_before) return name + " (above)";
  return node.goes_on ? name + " (goes on)" : name;
}

// The lines of a node and all behind it; lines after the first are indented to stand below the first link.
std::vector<std::string> lines_of(const ChainNode& node, std::string_view arrow) {
  const std::string name = name_of(node);
  if (node.links.empty()) return {name};
  const std::string margin(static_cast<std::size_t>(display_width(name)), ' ');
  std::vector<std::string> lines;
  for (const ChainNode& link : node.links) {
    const std::vector<std::string> behind = lines_of(link, arrow);
    for (std::size_t i = 0; i < behind.size(); ++i) {
      const std::string& start = lines.empty() ? name : margin;
      const std::string between = i == 0 ? fmt::format(" {} ", arrow) : "   ";
      lines.push_back(start + between + behind[i]);
    }
  }
  return lines;
}

enum class Collected { kAll, kUnfinished };

void collect(const ChainNode& node, Collected which, std::vector<const LinkedRun*>& runs) {
  const bool is_meant = which == Collected::kAll ? !node.seen_before : node.goes_on;
  if (node.run && is_meant) runs.push_back(&*node.run);
  for (const ChainNode& link : node.links) collect(link, which, runs);
}

}  // namespace

std::string draw_chain(const ChainNode& chain, std::string_view arrow) {
  std::string text;
  for (const std::string& line : lines_of(chain, arrow)) text += line + "\n";
  return text;
}

std::vector<const LinkedRun*> runs_of(const ChainNode& chain) {
  std::vector<const LinkedRun*> runs;
  collect(chain, Collected::kAll, runs);
  return runs;
}

std::vector<const LinkedRun*> unfinished_runs_of(const ChainNode& chain) {
  std::vector<const LinkedRun*> runs;
  collect(chain, Collected::kUnfinished, runs);
  return runs;
}

}  // namespace qflow
