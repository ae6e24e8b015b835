#include "expression/pattern.h"

#include <re2/re2.h>

namespace qflow {
namespace {

constexpr std::int64_t kMaxMemory = 2 << 20;

// Measured beside steps of an evaluation, with re2 20220601: what costs most are Unicode's classes, of which each has
// hundreds of ranges, wherever they stand, and the instructions of what {} repeats.
constexpr std::size_t kStepsPerClass = 500;
constexpr std::size_t kStepsPerInstruction = 4;
constexpr std::size_t kMostInstructions = 120'000;  // that fit into the memory

std::size_t count_of_classes(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find('\\', at)) != std::string_view::npos; at += 2) {
    const std::string_view escape = text.substr(at, 2);
    if (escape == "\\p" || escape == "\\P") ++count;
  }
  return count;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

tl::expected<Pattern, std::string> Pattern::compile(std::string_view text, Meter& meter) {
  if (!meter.spend(text.size() + count_of_classes(text) * kStepsPerClass)) return tl::make_unexpected(std::string());
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(kMaxMemory);
  auto program = std::make_shared<RE2>(piece(text), options);
  if (!program->ok()) {
    if (program->error_code() == RE2::ErrorPatternTooLarge) meter.spend(kMostInstructions * kStepsPerInstruction);
    return tl::make_unexpected(program->error());
  }
  Pattern pattern;
  pattern.program_ = std::move(program);
  meter.spend(pattern.size() * kStepsPerInstruction);
  return pattern;
}

bool Pattern::found_in(std::string_view text) const {
  return RE2::PartialMatch(piece(text), *program_);
}

std::size_t Pattern::size() const {
  return static_cast<std::size_t>(program_->ProgramSize());
}

}  // namespace qflow
