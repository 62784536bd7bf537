# What kiln exports in the programs it is for, and theirs in kiln; skipped where they are not: onnx, onnxruntime, safetensors and
# torch from PyPI, for the Python that KILN_PEERS_PYTHON names, else python3.
. "$(dirname "$0")/support.sh"
python=${KILN_PEERS_PYTHON:-python3}
if ! "$python" -c 'import numpy, onnx, onnxruntime, safetensors, torch' 2>/dev/null; then
    echo "skipped: $python has not all of numpy, onnx, onnxruntime, safetensors and torch"
    exit 77
fi
command="export_peers.py"
"$python" "$project/tests/cli/export_peers.py" "$kiln" >out 2>err
code=$?
expect_code 0
expect_text out "outputs compared"
cat out

finish
