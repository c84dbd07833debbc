using Conformance;

ConformanceApp.Create(args).Run();
