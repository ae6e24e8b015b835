#include "cli/chain_drawing.h"

#include <fmt/format.h>

#include "cli/terminal.h"

namespace qflow {

namespace {

std::string name_of(const ChainNode& node) {
  const std::string name = node.run ? node.run->id.text() : fmt::format("event {}", *node.event);
  return node.seen_before ? name + " (above)" : name;
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

void collect(const ChainNode& node, std::vector<const LinkedRun*>& runs) {
  if (node.run && !node.seen_before) runs.push_back(&*node.run);
  for (const ChainNode& link : node.links) collect(link, runs);
}

}  // namespace

std::string draw_chain(const ChainNode& chain, std::string_view arrow) {
  std::string text;
  for (const std::string& line : lines_of(chain, arrow)) text += line + "\n";
  return text;
}

std::vector<const LinkedRun*> runs_of(const ChainNode& chain) {
  std::vector<const LinkedRun*> runs;
  collect(chain, runs);
  return runs;
}

}  // namespace qflow
