using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace QwenVl.Benchmarks.Budgets;

/// <summary>Calls every benchmark that has a budget and compares what a call allocates.</summary>
internal static class BudgetCheck
{
    private const int WarmUpCalls = 4;
    private const int MeasuredCalls = 8;

    /// <param name="output">Receives a line a benchmark.</param>
    /// <returns>0, or 1 where a budget was exceeded.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        int over = 0, checkedMethods = 0;
        foreach (Type type in typeof(BudgetCheck).Assembly.GetTypes().Where(type => type.GetMethods().Any(HasBudget)).OrderBy(type => type.Name, StringComparer.Ordinal))
        {
            object benchmarks = Activator.CreateInstance(type)!;
            foreach (MethodInfo setup in type.GetMethods().Where(method => method.IsDefined(typeof(GlobalSetupAttribute)))) await Finish(setup.Invoke(benchmarks, null));
            foreach (MethodInfo method in type.GetMethods().Where(HasBudget))
            {
                long budget = method.GetCustomAttribute<AllocationBudgetAttribute>()!.Bytes, allocated = IsTask(method) ? await OnAllThreadsAsync(method, benchmarks) : OnOneThread(method, benchmarks);
                bool exceeded = allocated > budget;
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{(exceeded ? "OVER" : "ok"),-4}  {allocated,11:N0} of {budget,11:N0} bytes  {type.Name}.{method.Name}"));
                checkedMethods++;
                if (exceeded) over++;
            }

            if (benchmarks is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
            (benchmarks as IDisposable)?.Dispose();
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{checkedMethods} allocation budgets checked, {over} exceeded"));
        return over > 0 || checkedMethods == 0 ? 1 : 0;
    }

    private static bool HasBudget(MethodInfo method) => method.IsDefined(typeof(AllocationBudgetAttribute));

    private static bool IsTask(MethodInfo method) => method.ReturnType == typeof(Task);

    private static Task Finish(object? result) => result as Task ?? Task.CompletedTask;

    /// <summary>What all threads allocate together: the work of a task is done on several.</summary>
    private static async Task<long> OnAllThreadsAsync(MethodInfo method, object benchmarks)
    {
        var call = method.CreateDelegate<Func<Task>>(benchmarks);
        for (int i = 0; i < WarmUpCalls; i++) await call();
        long least = long.MaxValue;
        for (int i = 0; i < MeasuredCalls; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await call();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }

        return least;
    }

    /// <summary>The least of several calls: what the runtime itself allocates now and then, such as when it compiles anew, is not the method's.</summary>
    private static long OnOneThread(MethodInfo method, object benchmarks)
    {
        Action call = CallOf(method, benchmarks);
        for (int i = 0; i < WarmUpCalls; i++) call();
        long least = long.MaxValue;
        for (int i = 0; i < MeasuredCalls; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            call();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    /// <summary>A delegate of the method's own return type: reflection would allocate within the measured call.</summary>
    private static Action CallOf(MethodInfo method, object benchmarks) => method.ReturnType switch
    {
        Type type when type == typeof(void) => method.CreateDelegate<Action>(benchmarks),
        Type type when type == typeof(int) => Discard(method.CreateDelegate<Func<int>>(benchmarks)),
        Type type when type == typeof(uint) => Discard(method.CreateDelegate<Func<uint>>(benchmarks)),
        _ => Discard(method.CreateDelegate<Func<object>>(benchmarks)),
    };

    private static Action Discard<T>(Func<T> call) => () => call();
}
