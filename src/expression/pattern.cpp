#include "expression/pattern.h"

#include <re2/re2.h>

namespace qflow {
namespace {

constexpr std::int64_t kMaxMemory = 2 << 20;

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

tl::expected<Pattern, std::string> Pattern::compile(std::string_view text) {
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxMemory);
  auto program = std::make_shared<RE2>(piece(text), options);
  if (!program->ok()) return tl::make_unexpected(program->error());
  Pattern pattern;
  pattern.program_ = std::move(program);
  return pattern;
}

bool Pattern::found_in(std::string_view text) const {
  return RE2::PartialMatch(piece(text), *program_);
}

std::size_t Pattern::size() const {
  return static_cast<std::size_t>(program_->ProgramSize());
}

}  // namespace qflow
