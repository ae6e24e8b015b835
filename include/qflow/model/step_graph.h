#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "qflow/model/flow_definition.h"

namespace qflow {

// The graph of a flow's steps by index (position in FlowDefinition::steps). Unknown names in `needs` are left out:
// reading the file has reported them.
class StepGraph {
 public:
  explicit StepGraph(const std::vector<Step>& steps);

  std::size_t size() const { return needs_.size(); }
  std::optional<std::size_t> find(std::string_view id) const;
  const std::vector<std::size_t>& needs(std::size_t step) const { return needs_[step]; }
  const std::vector<std::size_t>& followers(std::size_t step) const { return followers_[step]; }
  // The first cycle found as a path of indices whose last element is its first; empty when the graph is acyclic.
  std::vector<std::size_t> find_cycle() const;
  // Each step after all that it needs; steps that are free in the order of the file. Only for an acyclic graph.
  std::vector<std::size_t> topological_order() const;
  // Every step that `step` needs, directly or not; in ascending order.
  std::vector<std::size_t> ancestors(std::size_t step) const;
  // Whether `step` needs the other one, directly or not.
  bool is_ancestor(std::size_t ancestor, std::size_t step) const;
  // Of every step whether one of `steps` needs it, directly or not.
  std::vector<bool> needed_by(std::vector<std::size_t> steps) const;
  // Those, and `steps` themselves.
  std::vector<bool> reach(const std::vector<std::size_t>& steps) const;
  // Steps that no other step needs.
  std::vector<std::size_t> last_steps() const;

 private:
  std::map<std::string, std::size_t, std::less<>> by_id_;
  std::vector<std::vector<std::size_t>> needs_;
  std::vector<std::vector<std::size_t>> followers_;
};

}  // namespace qflow
