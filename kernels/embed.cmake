# Writes a file's bytes as a C array, so that the program carries its kernels.
# usage: cmake -DFROM=kernels/x.cl -DTO=x.cl.c -DNAME=kernel_x_cl -P embed.cmake
file(READ "${FROM}" hex HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
file(WRITE "${TO}" "const char ${NAME}[] = {${bytes}0};\n")
