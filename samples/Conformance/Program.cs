using Conformance;
using Pikku.Akka;

return await ConformanceApp.Create(args).RunPikkuAsync(args);
