#pragma once

#include <functional>
#include <thread>

namespace qflow {

// A thread that takes no signals: one that does not block them could take them away from the thread that handles them.
std::thread start_without_signals(const std::function<void()>& body);

}  // namespace qflow
