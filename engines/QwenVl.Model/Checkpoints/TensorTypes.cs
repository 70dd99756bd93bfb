namespace QwenVl.Model.Checkpoints;

/// <summary>What the number formats are called and how long they are.</summary>
public static class TensorTypes
{
    /// <summary>Bytes a number.</summary>
    public static int Size(this TensorType type) => type is TensorType.Float32 ? 4 : 2;

    /// <summary>The name that safetensors files use.</summary>
    public static string SafetensorsName(this TensorType type) => type switch
    {
        TensorType.BFloat16 => "BF16",
        TensorType.Float16 => "F16",
        _ => "F32",
    };

    internal static bool TryParse(string? name, out TensorType type)
    {
        (bool known, type) = name switch
        {
            "BF16" => (true, TensorType.BFloat16),
            "F16" => (true, TensorType.Float16),
            "F32" => (true, TensorType.Float32),
            _ => (false, default),
        };
        return known;
    }
}
