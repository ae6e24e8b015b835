# Most of the time of a build would go into what nearly every file includes: a third into parsing it, a quarter into
# compiling the same members of JSON's class for each file. A compiler needs up to 400 MB for a file; g++ spends a tenth
# of its time on keeping that below 200.
if(QFLOW_PCH)
  add_library(qflow_precompiled STATIC ${PROJECT_SOURCE_DIR}/cmake/Precompiled.cpp)
  target_link_libraries(qflow_precompiled PRIVATE qflow_common)
  target_precompile_headers(qflow_precompiled PRIVATE ${PROJECT_SOURCE_DIR}/cmake/Precompiled.h)
  target_compile_options(qflow_common INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=1048576>)
  set_property(GLOBAL APPEND PROPERTY QFLOW_OBJECTS $<TARGET_OBJECTS:qflow_precompiled>)
endif()

function(qflow_precompile target)
  if(QFLOW_PCH)
    target_precompile_headers(${target} REUSE_FROM qflow_precompiled)
    target_link_libraries(${target} PUBLIC qflow_precompiled)
  endif()
endfunction()

# qflow_layer(NAME LAYERS... [LIBRARIES ...]): the library of src/NAME, which may use the named layers; the libraries
# are its own, and no header of it shows them.
function(qflow_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "LIBRARIES")
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  # Each command has its kOptions and kPositionals, so they can't be compiled together.
  file(GLOB commands CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*_command.cpp)
  set_source_files_properties(${commands} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  list(TRANSFORM layer_UNPARSED_ARGUMENTS PREPEND qflow_ OUTPUT_VARIABLE uses)
  add_library(qflow_${name} STATIC ${sources})
  set_target_properties(qflow_${name} PROPERTIES UNITY_BUILD ${QFLOW_UNITY})
  target_include_directories(qflow_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  qflow_precompile(qflow_${name})
  target_link_libraries(qflow_${name} PUBLIC qflow_common ${uses} PRIVATE ${layer_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY QFLOW_OBJECTS $<TARGET_OBJECTS:qflow_${name}>)
endfunction()

# The product is linked mostly static: libstdc++ and every archive inside, libc shared (dlopen and name look-ups need it).
function(qflow_link_product target)
  if(NOT QFLOW_SANITIZE)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,-O1,--gc-sections,--as-needed)
  endif()
  target_link_libraries(${target} PRIVATE m)
endfunction()
