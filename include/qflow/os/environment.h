#pragma once

#include <map>
#include <optional>
#include <string>

namespace qflow {

// The environment variables of a process: a value, taken once at the start, so that nothing below main reads globals.
using Environment = std::map<std::string, std::string, std::less<>>;

Environment process_environment();

// The variable, when it is set and not empty.
std::optional<std::string> find_variable(const Environment& environment, std::string_view name);

// The mode bits that this process takes away from files that it makes (umask(2)).
int process_umask();
void set_process_umask(int mask);

// The login name of the user who runs this process.
std::string login_name();

// Who counts as the user in names of namespaces: QFLOW_USER, else the login name.
std::string user_name(const Environment& environment);

}  // namespace qflow
