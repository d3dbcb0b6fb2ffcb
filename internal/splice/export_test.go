package splice

// Limit is how many pipes a process has.
const Limit = limit
