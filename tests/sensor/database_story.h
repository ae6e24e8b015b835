#pragma once

#include "database_world.h"

namespace qflow {

inline constexpr const char* kOrders = "CREATE TABLE orders (id integer PRIMARY KEY, at timestamp, state text);";

// Something happens to the database, then the sensor looks.
struct Step {
  std::string script;
  std::string payload;
};

struct Story {
  std::string name;
  std::string before;  // what is there at the first look
  SensorBaseline baseline = SensorBaseline::kIgnore;
  std::optional<std::string> condition = {};
  std::vector<Step> steps = {};
};

// Each story in each kind of database.
inline void tell(const std::vector<Story>& stories, const std::function<void(DatabaseLooker&)>& set_up) {
  for (const Story& story : stories) {
    CAPTURE(story.name);
    for (const auto& world : database_worlds()) {
      CAPTURE(world->looker.watched.engine.index());
      world->looker.watched.table_name = "orders";
      world->looker.watched.condition = story.condition;
      world->looker.rules.baseline = story.baseline;
      set_up(world->looker);
      world->run(story.before);
      for (const Step& step : story.steps) {
        CAPTURE(step.script);
        if (!step.script.empty()) world->run(step.script);
        CHECK(world->looker.payload() == step.payload);
        // A second look finds nothing new.
        CHECK(world->looker.payload() == "nothing");
      }
    }
  }
}

}  // namespace qflow
