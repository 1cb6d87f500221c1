# weir_client_library(SOURCES f.c... MODULES weir::x... MAP file
#                     [PUBLIC_MODULES weir::y...] [PUBLIC_HEADERS y.h...] [EXTERNAL nng::nng...])
#
# Declares libweir, shared (weir::client) and static (weir::client_static), and its install rules.
# The objects of MODULES are built in; the shared library exports what MAP lists.  The headers of
# the calling folder are public, and so are PUBLIC_HEADERS, <weir/...> of PUBLIC_MODULES.

include(CMakePackageConfigHelpers)

function(weir_client_library)
  cmake_parse_arguments(PARSE_ARGV 0 ARG "" "MAP"
    "SOURCES;MODULES;PUBLIC_MODULES;PUBLIC_HEADERS;EXTERNAL")
  weir_check_arguments("weir_client_library")
  set(map ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_MAP})

  add_library(weir_client SHARED ${ARG_SOURCES})
  weir_common(weir_client)
  target_compile_definitions(weir_client PRIVATE
    _POSIX_C_SOURCE=200809L WEIR_VERSION="${PROJECT_VERSION}")
  target_link_libraries(weir_client PRIVATE ${ARG_MODULES} ${ARG_EXTERNAL})
  target_link_options(weir_client PRIVATE LINKER:--version-script=${map})
  if(NOT WEIR_INSTRUMENTED)
    target_link_options(weir_client PRIVATE LINKER:--no-undefined)
  endif()
  set_target_properties(weir_client PROPERTIES
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINK_DEPENDS ${map})
  weir_register(weir_client module "${ARG_MODULES}")

  # Whole modules: an archive would give only what the library itself happens to call.
  set(objects)
  foreach(module IN LISTS ARG_MODULES)
    string(REPLACE "weir::" "weir_" module ${module})
    list(APPEND objects $<TARGET_OBJECTS:${module}>)
  endforeach()
  target_sources(weir_client PRIVATE ${objects})
  add_library(weir_client_static STATIC $<TARGET_OBJECTS:weir_client> ${objects})
  set_target_properties(weir_client_static PROPERTIES LINKER_LANGUAGE C)
  target_link_libraries(weir_client_static PUBLIC ${ARG_EXTERNAL}
    PRIVATE $<BUILD_INTERFACE:weir_instrument>)

  foreach(name IN ITEMS client client_static)
    add_library(weir::${name} ALIAS weir_${name})
    set_target_properties(weir_${name} PROPERTIES OUTPUT_NAME weir EXPORT_NAME ${name})
    target_include_directories(weir_${name} PUBLIC
      $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
      $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    foreach(module IN LISTS ARG_PUBLIC_MODULES)
      string(REPLACE "weir::" "weir_" module ${module})
      target_include_directories(weir_${name} PUBLIC
        $<BUILD_INTERFACE:$<TARGET_PROPERTY:${module},SOURCE_DIR>/include>)
    endforeach()
  endforeach()

  set(headers)
  foreach(header IN LISTS ARG_PUBLIC_HEADERS)
    weir_find_header(path ${header} "${ARG_PUBLIC_MODULES}")
    list(APPEND headers ${path})
  endforeach()
  weir_install_client("${headers}")
endfunction()

function(weir_find_header out header modules)
  foreach(module IN LISTS modules)
    string(REPLACE "weir::" "weir_" module ${module})
    get_target_property(dir ${module} SOURCE_DIR)
    if(EXISTS ${dir}/include/weir/${header})
      set(${out} ${dir}/include/weir/${header} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "weir_client_library: no public module has ${header}")
endfunction()

function(weir_install_client headers)
  set(package ${CMAKE_INSTALL_LIBDIR}/cmake/weir)
  install(TARGETS weir_client weir_client_static EXPORT weirTargets)
  install(DIRECTORY include/ TYPE INCLUDE FILES_MATCHING PATTERN "*.h")
  install(FILES ${headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/weir)
  install(EXPORT weirTargets NAMESPACE weir:: DESTINATION ${package})

  configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/weirConfig.cmake.in
    ${PROJECT_BINARY_DIR}/weirConfig.cmake INSTALL_DESTINATION ${package})
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/weirConfig.cmake ${PROJECT_BINARY_DIR}/weirConfigVersion.cmake
    DESTINATION ${package})

  # Relative, so that the file holds wherever the tree is installed or staged.
  file(RELATIVE_PATH up
    ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
  configure_file(${PROJECT_SOURCE_DIR}/cmake/weir.pc.in ${PROJECT_BINARY_DIR}/weir.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/weir.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
