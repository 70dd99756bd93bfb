namespace QwenVl.Tests.Runtime.Queueing;

/// <summary>A random schedule: bytes that are read as choices. Shorter and smaller scripts are simpler schedules, so that failures shrink.</summary>
internal sealed class Script(byte[] bytes)
{
    private int _at;

    public bool IsOver => _at >= bytes.Length;

    /// <summary>0 to <paramref name="choices"/> − 1; 0 when the script is over.</summary>
    public int Next(int choices) => IsOver ? 0 : bytes[_at++] % choices;
}
