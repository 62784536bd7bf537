# What `cmake --install` puts where: the program, libkiln, its headers, kiln.pc and the CMake package. The result may be moved.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/kiln)

if(BUILD_SHARED_LIBS)
  file(RELATIVE_PATH to_library ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(kiln-program PROPERTIES INSTALL_RPATH "$ORIGIN/${to_library}")
endif()
install(TARGETS kiln-program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS kiln EXPORT kiln-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/kiln DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")

install(EXPORT kiln-targets NAMESPACE kiln:: DESTINATION ${package_folder})
configure_package_config_file(host/package/kiln-config.cmake.in ${PROJECT_BINARY_DIR}/kiln-config.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kiln-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kiln-config.cmake ${PROJECT_BINARY_DIR}/kiln-config-version.cmake
  DESTINATION ${package_folder})

# A static libkiln leaves its dependencies to whoever links it, with or without `pkg-config --static`; a shared one brings them.
if(BUILD_SHARED_LIBS)
  set(private .private)
endif()
file(RELATIVE_PATH to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" to_prefix ${to_prefix})
file(RELATIVE_PATH library_folder ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH header_folder ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
# By its flags, not by its name: what Debian's libzip.pc asks for beside, its package does not bring (bzip2, OpenSSL).
string(REPLACE ";" " " libzip_flags "${LIBZIP_LDFLAGS}")
configure_file(host/package/kiln.pc.in ${PROJECT_BINARY_DIR}/kiln.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/kiln.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# What the program says about itself: manual pages and shells' completions. A program for another machine cannot be asked.
find_program(GZIP gzip)
mark_as_advanced(GZIP)
if(NOT CMAKE_CROSSCOMPILING)
  set(share ${PROJECT_BINARY_DIR}/share)
  string(TIMESTAMP day "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH's, where that is set
  configure_file(host/package/changelog.Debian.in ${PROJECT_BINARY_DIR}/changelog.Debian @ONLY)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/share.made
    COMMAND ${CMAKE_COMMAND} -DKILN=$<TARGET_FILE:kiln-program> -DTO=${share} "-DGZIP=$<$<BOOL:${GZIP}>:${GZIP}>"
      "-DCHANGES=${PROJECT_SOURCE_DIR}/CHANGELOG.md,${PROJECT_BINARY_DIR}/changelog.Debian" -P ${PROJECT_SOURCE_DIR}/host/package/manual.cmake
    COMMAND ${CMAKE_COMMAND} -E touch ${PROJECT_BINARY_DIR}/share.made
    DEPENDS kiln-program host/package/manual.cmake CHANGELOG.md ${PROJECT_BINARY_DIR}/changelog.Debian
    COMMENT "Writing manual pages and completions" VERBATIM)
  add_custom_target(manual ALL DEPENDS ${PROJECT_BINARY_DIR}/share.made)
  install(DIRECTORY ${share}/man/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
  install(DIRECTORY ${share}/bash-completion ${share}/fish DESTINATION ${CMAKE_INSTALL_DATADIR})
  install(CODE "set(zsh \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/zsh/site-functions\")
    if(CMAKE_INSTALL_PREFIX MATCHES \"/usr$\" AND EXISTS /etc/debian_version) # where Debian's zsh looks for what packages bring
      string(REPLACE site-functions vendor-completions zsh \"\${zsh}\")
    endif()
    file(INSTALL \"${share}/zsh/site-functions/_kiln\" DESTINATION \"\${zsh}\")")
  install(DIRECTORY ${share}/doc/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

include(host/package/debian.cmake)
