using Google.Protobuf;
using Grpc.Core;
using QwenVl.Protos.V1;
using QwenVl.Runtime.Errors;
using QwenVl.Runtime.Queueing;
using QwenVl.Runtime.Tenancy;
using QwenVl.Server.Lifecycle;
using QwenVl.Server.Tenancy;

namespace QwenVl.Server.Streaming;

/// <summary>The gRPC service: one session a call.</summary>
internal sealed class VisionLanguageService(HostedModels models, StreamServices services) : VisionLanguage.VisionLanguageBase
{
    /// <inheritdoc/>
    public override async Task Converse(IAsyncStreamReader<ClientMessage> requestStream, IServerStreamWriter<ServerMessage> responseStream, ServerCallContext context)
    {
        long start = services.Time.GetTimestamp();
        string outcome = "done";
        Tenant tenant = context.GetHttpContext().Tenant();
        try
        {
            using Lease lease = services.Admission.EnterStream(tenant);
            await ConverseAsync(requestStream, responseStream, TermsOf(tenant, context), context.CancellationToken);
        }
        catch (RequestException refused)
        {
            outcome = refused.Reason;
            services.Refusals.Add(refused.Reason);
            throw StatusErrors.ToRpcException(refused);
        }
        catch (InvalidProtocolBufferException error)
        {
            outcome = RequestReason.BadRequest;
            services.Refusals.Add(outcome);
            throw StatusErrors.ToRpcException(RequestException.Invalid(outcome, $"A message is no ClientMessage: {error.Message}"));
        }
        catch (Exception error) when (context.CancellationToken.IsCancellationRequested || error is OperationCanceledException or IOException)
        {
            outcome = "client left";
            throw new RpcException(new Grpc.Core.Status(StatusCode.Cancelled, "The stream was cancelled."));
        }
        catch (Exception defect) when (defect is not RpcException)
        {
            outcome = "failed";
            services.Log.StreamFailed(defect);
            throw StatusErrors.ToRpcException(new RequestException(RequestError.Internal, RequestReason.Internal, "The server failed on this stream."));
        }
        finally
        {
            services.Log.StreamClosed(services.Time.GetElapsedTime(start).TotalSeconds, outcome);
        }
    }

    /// <inheritdoc/>
    public override Task<HasImageReply> HasImage(HasImageRequest request, ServerCallContext context)
    {
        try
        {
            return Task.FromResult(KnownImages.LookUp(request, context.GetHttpContext().Tenant(), services.Features.Images));
        }
        catch (RequestException refused)
        {
            services.Refusals.Add(refused.Reason);
            throw StatusErrors.ToRpcException(refused);
        }
    }

    private static RequestTerms TermsOf(Tenant tenant, ServerCallContext context) =>
        new() { Tenant = tenant, Deadline = context.Deadline == DateTime.MaxValue ? null : new DateTimeOffset(context.Deadline, TimeSpan.Zero) };

    private async Task ConverseAsync(IAsyncStreamReader<ClientMessage> reader, IServerStreamWriter<ServerMessage> writer, RequestTerms terms, CancellationToken cancellation)
    {
        var outgoing = new OutgoingMessages(writer, TimeSpan.FromSeconds(services.Server.Value.SlowReaderTimeoutSeconds), services.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var session = new Session(models.Require(), terms, services, outgoing);
        Task pump = outgoing.PumpAsync(ending.Token);
        Task talk = session.RunAsync(reader, ending.Token);
        await Task.WhenAny(pump, talk);
        if (!talk.IsCompletedSuccessfully && pump.IsCompleted) await ending.CancelAsync();
        try
        {
            await talk;
        }
        catch (OperationCanceledException) when (pump.IsFaulted)
        {
            // The pump's failure is the reason; it is thrown below.
        }
        finally
        {
            outgoing.Complete();
            await pump;
        }
    }
}
