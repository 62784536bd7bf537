/* kiln trains multilayer perceptrons on any OpenCL device. This header includes all the others.
 *
 *   kiln_data *data;            kiln_data_read("iris.csv", NULL, &data, &err);
 *   kiln_device *device;        kiln_device_open("auto", NULL, &device, &err);
 *   kiln_network *network;      kiln_network_create(&(kiln_network_shape){ .layers = 2, ... }, &network, &err);
 *   kiln_network_initialise(network, KILN_INIT_AUTO, seed, &err);
 *   kiln_train(device, network, kiln_data_samples(data), train, validation, NULL, NULL, NULL, NULL, &err);
 *   kiln_model_save(network, "iris.safetensors", KILN_F32, &err);
 *
 * Functions return a kiln_status and explain failures in a kiln_error; they never print, exit or abort, and the library
 * keeps no state of its own: handles may be used in several threads, one thread at a time each. */
#ifndef KILN_H
#define KILN_H

#include <kiln/data.h>
#include <kiln/device.h>
#include <kiln/evaluation.h>
#include <kiln/explain.h>
#include <kiln/model.h>
#include <kiln/network.h>
#include <kiln/status.h>
#include <kiln/training.h>
#include <kiln/tune.h>
#include <kiln/verify.h>

#endif
