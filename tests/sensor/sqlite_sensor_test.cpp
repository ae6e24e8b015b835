#include "database_world.h"
