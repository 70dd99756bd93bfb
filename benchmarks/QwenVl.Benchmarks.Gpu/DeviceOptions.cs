using System.CommandLine;
using QwenVl.TensorRt.Inference;

namespace QwenVl.Benchmarks.Gpu;

/// <summary>The options that say which GPU and library are meant, and where the report goes.</summary>
internal sealed class DeviceOptions
{
    private readonly Option<int> _device = new("--device") { Description = "The GPU's number. Default 0." };
    private readonly Option<string?> _library = new("--trt-path") { Description = "The folder of TensorRT's libraries. Default: where they are usually installed." };
    private readonly Option<string?> _json = new("--json") { Description = "Write the report into this file." };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_device, _library, _json]) command.Options.Add(option);
    }

    public TensorRtDevice Open(ParseResult arguments) =>
        TensorRtDevice.Open(new TensorRtDeviceOptions { DeviceIndex = arguments.GetValue(_device), LibraryPath = arguments.GetValue(_library) });

    public string? Json(ParseResult arguments) => arguments.GetValue(_json);
}
