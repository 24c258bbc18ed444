"""The program of a worker's sandbox: `python -m layerbook.engine KIND DESCRIPTOR:PROCESSOR...`."""

from layerbook.loading import loading

with loading():
    from layerbook.engine.zygote import main

main()
