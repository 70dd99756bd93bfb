using System.CommandLine;
using BenchmarkDotNet.Running;
using QwenVl.Benchmarks.Budgets;

var micro = new Command("micro", "Times the stages with BenchmarkDotNet; takes its arguments, such as --filter '*'.") { TreatUnmatchedTokensAsErrors = false };
micro.SetAction(result => { BenchmarkSwitcher.FromAssembly(typeof(AllocationBudgetAttribute).Assembly).Run([.. result.UnmatchedTokens]); });

var budgets = new Command("budgets", "Checks that no stage allocates more than its budget; takes seconds, and runs in continuous integration.");
budgets.SetAction((_, _) => BudgetCheck.RunAsync(Console.Out));

return await new RootCommand("Benchmarks of QwenVlGrpc.") { micro, budgets }.Parse(args).InvokeAsync();
