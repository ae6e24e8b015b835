#include "qflow/engine/flow_test_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/flow_test_comparison.h"
#include "qflow/model/event_names.h"

namespace qflow {

namespace {

Given::Publication publication_of(const TestGiven& given, const TestGiven::Publication& what,
                                  const DeployedFlow& flow) {
  Given::Publication publication{given.event, what.idempotency_key, what.timestamp_given};
  publication.event.name = published_name(what, flow);
  return publication;
}

Given::Publication change_of(const TestGiven& given, const TestGiven::SensorChange& what, const DeployedFlow& flow) {
  Given::Publication publication{given.event, {}, true};
  publication.event.name = fmt::format("{}{}.{}", kSensorChanges, flow.definition->id.text(), what.sensor.value);
  publication.event.type = "sensor";
  publication.event.name_space = event_namespace(flow);
  return publication;
}

Given::End end_of(const TestGiven& given, const TestGiven::RunEnd& what) {
  Given::End end = *parse_given_run(what.run.value);
  end.step = what.step;
  end.status = what.status;
  end.context = given.event.context;
  end.payload = given.event.payload;
  return end;
}

Given given_of(const TestGiven& given, const DeployedFlow& flow) {
  Given happening{given.at};
  if (const auto* publication = std::get_if<TestGiven::Publication>(&given.what)) {
    happening.what = publication_of(given, *publication, flow);
  } else if (const auto* end = std::get_if<TestGiven::RunEnd>(&given.what)) {
    happening.what = end_of(given, *end);
  } else if (const auto* change = std::get_if<TestGiven::SensorChange>(&given.what)) {
    happening.what = change_of(given, *change, flow);
  }
  return happening;
}

}  // namespace

std::string published_name(const TestGiven::Publication& publication, const DeployedFlow& flow) {
  return publication.namespaced ? flow.name_space + "." + publication.name.value : publication.name.value;
}

TestVerdict run_test(const std::shared_ptr<const DeployedFlow>& flow, const FlowTest& test) {
  SimulationRules rules;
  rules.name_space = flow->name_space;
  TestVerdict verdict;
  verdict.simulation = std::make_unique<Simulation>(std::vector{flow}, std::move(rules));
  for (const TestGiven& given : test.given) verdict.simulation->give(given_of(given, *flow));
  if (!test.given.empty()) {
    const auto [first, last] = std::minmax_element(test.given.begin(), test.given.end(),
                                                   [](const auto& a, const auto& b) { return a.at < b.at; });
    const Status ran = verdict.simulation->run(first->at, last->at);
    if (!ran) verdict.failures.push_back({test.name.position, to_text(ran.error()), {}});
  }
  if (verdict.passed()) verdict.failures = compare(test, *verdict.simulation);
  return verdict;
}

}  // namespace qflow
