namespace QwenVl.Runtime.Hosting;

/// <summary>What a backend needs is not on this machine.</summary>
/// <param name="message">What is missing and how to get it, in one line.</param>
/// <param name="inner">Where it was found out; may be null.</param>
public sealed class BackendUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
