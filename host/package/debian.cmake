# `cpack -G DEB` in the build folder: one package with the program, the library for C programs, and the manual pages.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME kiln)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_VENDOR "kiln developers")
set(CPACK_PACKAGE_CONTACT "kiln developers <kiln@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "trainer of multilayer perceptrons on any OpenCL device")
string(CONCAT CPACK_PACKAGE_DESCRIPTION
  "From a table or a set of images to a trained network, the figures that say\n"
  "how good it is, and a model file (safetensors) that other tools read, on\n"
  "whatever GPU or CPU there is. No CUDA, no Python: one small program, and the\n"
  "C library that it is made of. An OpenCL driver makes it fast: a GPU's own, or\n"
  "PoCL for the CPU.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS # whatever the umask is
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "pocl-opencl-icd | opencl-icd")
# What links against libkiln.a needs besides.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "ocl-icd-opencl-dev, libclblast-dev, libjansson-dev, zlib1g-dev, libzip-dev, libcsv-dev")

include(CPack)
