# The helpers with which every CMakeLists.txt of the tree declares its targets.
#
#   weir_module(name [PURE] SOURCES f.c... [DEPS weir::x...] [PRIVATE_DEPS PkgConfig::Y...])
#   weir_program(name [NO_INSTALL] SOURCES f.c... [DEPS ...] [INCLUDES dir...])
#   weir_test(name LABEL unit|sim|process SOURCES f.c... [DEPS ...] [INCLUDES dir...]
#             [TIMEOUT seconds])
#   weir_fuzzer(name SOURCES f.c... [DEPS ...] [INCLUDES dir...])
#   weir_script_test(name LABEL l COMMAND cmd... [TIMEOUT seconds])
#
# A module is a static library weir_<name>, alias weir::<name>, with public headers in
# include/weir/.  DEPS are visible to whoever links it, PRIVATE_DEPS are not.  PURE modules are
# compiled as plain ISO C and join the test `purity`; all else sees POSIX.1-2008.  Programs and
# the client library see WEIR_VERSION.  Tests find WEIR_SOURCE_DIR, WEIR_BIN_DIR (where the programs
# are) and, if their size is to differ from 100 percent, WEIR_TEST_SCALE in their environment.

add_library(weir_warnings INTERFACE)
target_compile_options(weir_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wvla -Wundef -Wcast-qual $<$<BOOL:${WEIR_WERROR}>:-Werror>)

# Instrumentation has to be the same for all code of a build.
add_library(weir_instrument INTERFACE)
set(WEIR_INSTRUMENTED OFF)
if(WEIR_SANITIZE)
  set(WEIR_INSTRUMENTED ON)
  target_compile_options(weir_instrument INTERFACE
    -fsanitize=${WEIR_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(weir_instrument INTERFACE -fsanitize=${WEIR_SANITIZE})
endif()
if(WEIR_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "WEIR_FUZZ needs clang")
  endif()
  set(WEIR_INSTRUMENTED ON)
  target_compile_options(weir_instrument INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(WEIR_COVERAGE)
  set(WEIR_INSTRUMENTED ON)
  # atomic: some tests have threads, and counts that went astray would stop the report
  target_compile_options(weir_instrument INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(weir_instrument INTERFACE --coverage)
endif()

# What every target of ours has in common.
function(weir_common target)
  set_target_properties(${target} PROPERTIES C_VISIBILITY_PRESET hidden)
  target_link_libraries(${target} PRIVATE
    $<BUILD_INTERFACE:weir_warnings> $<BUILD_INTERFACE:weir_instrument>)
endfunction()

# Makes `target` known to the tests that look at the tree: kind is module, pure or program.
function(weir_register target kind deps)
  string(REPLACE ";" "," deps "${deps}")
  file(RELATIVE_PATH dir ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(GLOBAL APPEND_STRING PROPERTY WEIR_TARGETS
    "${target}|${kind}|${dir}|${deps}|$<JOIN:$<TARGET_OBJECTS:${target}>,,>\n")
endfunction()

function(weir_write_target_list)
  get_property(list GLOBAL PROPERTY WEIR_TARGETS)
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/weir-targets.txt CONTENT "${list}")
endfunction()

function(weir_module name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "PURE" "" "SOURCES;DEPS;PRIVATE_DEPS")
  weir_check_arguments("weir_module(${name})")
  set(target weir_${name})
  add_library(${target} STATIC ${ARG_SOURCES})
  add_library(weir::${name} ALIAS ${target})
  weir_common(${target})
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>)
  target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  if(ARG_PURE)
    weir_register(${target} pure "${ARG_DEPS}")
  else()
    target_compile_definitions(${target} PRIVATE _POSIX_C_SOURCE=200809L)
    weir_register(${target} module "${ARG_DEPS}")
  endif()
endfunction()

function(weir_program name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "NO_INSTALL" "" "SOURCES;DEPS;INCLUDES")
  weir_check_arguments("weir_program(${name})")
  add_executable(${name} ${ARG_SOURCES})
  weir_common(${name})
  target_compile_definitions(${name} PRIVATE
    _POSIX_C_SOURCE=200809L WEIR_VERSION="${PROJECT_VERSION}")
  target_include_directories(${name} PRIVATE ${ARG_INCLUDES})
  target_link_libraries(${name} PRIVATE ${ARG_DEPS})
  weir_register(${name} program "${ARG_DEPS}")
  if(NOT ARG_NO_INSTALL)
    install(TARGETS ${name} RUNTIME)
  endif()
endfunction()

function(weir_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "LABEL;TIMEOUT" "SOURCES;DEPS;INCLUDES")
  weir_check_arguments("weir_test(${name})")
  weir_test_executable(test_${name})
  target_link_libraries(test_${name} PRIVATE PkgConfig::CMOCKA)
  weir_script_test(${name} LABEL "${ARG_LABEL}" TIMEOUT "${ARG_TIMEOUT}" COMMAND test_${name})
endfunction()

function(weir_fuzzer name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "" "SOURCES;DEPS;INCLUDES")
  weir_check_arguments("weir_fuzzer(${name})")
  set(corpus ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
  # No header declares LLVMFuzzerTestOneInput.
  set_source_files_properties(${ARG_SOURCES} PROPERTIES COMPILE_OPTIONS -Wno-missing-prototypes)
  if(WEIR_FUZZ)
    weir_test_executable(fuzz_${name})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set(command fuzz_${name} -runs=0 ${corpus})
  else()
    list(APPEND ARG_SOURCES ${CMAKE_SOURCE_DIR}/tests/fuzz/fuzz_main.c)
    weir_test_executable(fuzz_${name})
    set(command fuzz_${name} ${corpus})
  endif()
  weir_script_test(fuzz_${name} LABEL fuzz TIMEOUT 120 COMMAND ${command})
endfunction()

function(weir_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 ARG "" "LABEL;TIMEOUT" "COMMAND")
  weir_check_arguments("weir_script_test(${name})")
  if(NOT ARG_LABEL MATCHES "^(unit|sim|process|fuzz)$")
    message(FATAL_ERROR "${name}: LABEL must be unit, sim, process or fuzz")
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_test(NAME ${name} COMMAND ${ARG_COMMAND} WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
  set_tests_properties(${name} PROPERTIES LABELS ${ARG_LABEL} TIMEOUT ${ARG_TIMEOUT})
  set_property(TEST ${name} PROPERTY ENVIRONMENT PYTHONDONTWRITEBYTECODE=1
    WEIR_SOURCE_DIR=${CMAKE_SOURCE_DIR} WEIR_BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY})
endfunction()

# The part that tests and fuzzers share; reads ARG_SOURCES, ARG_DEPS, ARG_INCLUDES of its caller.
macro(weir_test_executable target)
  add_executable(${target} ${ARG_SOURCES})
  weir_common(${target})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_compile_definitions(${target} PRIVATE
    _POSIX_C_SOURCE=200809L WEIR_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests ${ARG_INCLUDES})
  target_link_libraries(${target} PRIVATE ${ARG_DEPS})
endmacro()

macro(weir_check_arguments where)
  if(ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "${where}: unknown arguments ${ARG_UNPARSED_ARGUMENTS}")
  endif()
endmacro()
