#include "cli/effect_report.h"

#include <fmt/format.h>

#include "qflow/error/printable.h"

namespace qflow {

Color color_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFired:
    case Outcome::kCoalesced:
      return Color::kGreen;
    case Outcome::kWaiting:
      return Color::kBlue;
    case Outcome::kStopped:
      return Color::kRed;
    default:
      return Color::kYellow;
  }
}

Json json_of(const TriggerOutcome& outcome) {
  const EventOutcome& what = outcome.outcome;
  return {{"flow", outcome.flow.text()},
          {"namespace", text_or_null(outcome.name_space)},
          {"trigger", outcome.trigger.empty() ? Json() : Json(outcome.trigger.text())},
          {"outcome", to_text(what.outcome)},
          {"run", what.run ? Json(what.run->text()) : Json()},
          {"by", json_or_null(what.by)},
          {"reason", text_or_null(what.reason)}};
}

std::string outcome_text(const EventOutcome& outcome) {
  std::string text(to_text(outcome.outcome));
  if (outcome.outcome == Outcome::kCoalesced) text += " into";
  if (outcome.run) text += " " + outcome.run->text();
  if (outcome.by) text += " by " + *outcome.by;
  if (outcome.reason.empty()) return text;
  return text + (outcome.outcome == Outcome::kWaiting ? " " : ": ") + printable(outcome.reason);
}

void print_effects(Context& context, OutputStream& stream, const std::vector<TriggerOutcome>& effects) {
  const Painter painter = painter_for(context, stream);
  for (const TriggerOutcome& effect : effects) {
    const std::string flow =
        effect.name_space.empty() ? effect.flow.text() : effect.name_space + "." + effect.flow.text();
    const std::string name = effect.trigger.empty() ? flow : flow + "/" + effect.trigger.text();
    stream.write(
        fmt::format("  {}: {}\n", name, painter.paint(color_of(effect.outcome.outcome), outcome_text(effect.outcome))));
  }
}

}  // namespace qflow
