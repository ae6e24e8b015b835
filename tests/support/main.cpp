// doctest may stand in the precompiled header, without its implementation; then it asks for the first of the two only.
#define DOCTEST_CONFIG_IMPLEMENT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
