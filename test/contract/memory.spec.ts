import { memoryStore } from '../../src/adapters/memory/index.ts';
import { storeContract } from '../../src/testing/index.ts';

storeContract({ name: 'memory', open: () => memoryStore() });
