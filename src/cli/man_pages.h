#pragma once

#include <span>
#include <string>
#include <string_view>

namespace qflow {

// A page of the manual as roff, for man -l.
struct ManPage {
  std::string_view name;
  int section;
  std::string_view summary;
  std::string (*source)();
};

std::span<const ManPage> man_pages();

std::string program_page();    // qflow(1)
std::string flow_file_page();  // qflow-flow(5)

}  // namespace qflow
