using Microsoft.Extensions.Options;
using QwenVl.Runtime.Configuration;
using QwenVl.Runtime.Encoding;
using QwenVl.Runtime.Prompting;
using QwenVl.Server.Admission;
using QwenVl.Server.Configuration;
using QwenVl.Server.Telemetry;

namespace QwenVl.Server.Streaming;

/// <summary>What every stream uses and none owns.</summary>
internal sealed record StreamServices(
    FeaturePipeline Features,
    PromptPreparation Prompts,
    IOptions<RuntimeOptions> Runtime,
    IOptions<ServerOptions> Server,
    AdmissionControl Admission,
    Refusals Refusals,
    LiveState Live,
    ServerMetrics Metrics,
    IHostApplicationLifetime Lifetime,
    TimeProvider Time,
    ILogger<StreamServices> Log);
